"""The environment that every notebook, test and build runs in.

    python -m booktools.environment .venv

makes a ``.venv`` that came along with a copied or moved checkout work where it is now.
"""

import re
import shlex
import sys
from pathlib import Path
from types import MappingProxyType

# One thread, because the number of threads changes a matrix product's last bits; no GPU; silent frameworks.
# The Makefile and .binder/start export the same, which a test checks.
ENVIRONMENT = MappingProxyType(
    {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "",
        "PYTHONHASHSEED": "0",
    }
)


def adopt(venv: Path) -> None:
    """Let the scripts of an environment that was copied or moved here run the Python of this one, and not the old one.

    Its Python itself asks where it stands. What is installed from the checkout, pip has to install again.
    """
    python = venv.resolve() / "bin" / "python"
    here = shlex.quote(str(venv.resolve())).encode()  # sh, csh and fish quote alike
    for script in (venv / "bin").iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        text = re.sub(rb"\A#!(/.*)/bin/python[\d.]*(?=\n)", b"#!" + str(python).encode(), content)
        if script.name.startswith("activate"):
            text = re.sub(rb"""(VIRTUAL_ENV[= ])(['"]?)/[^'"\n]+\2""", lambda m: m[1] + here, text)
        if text != content:
            script.write_bytes(text)


if __name__ == "__main__":
    adopt(Path(sys.argv[1]))
