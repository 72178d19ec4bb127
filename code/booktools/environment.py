"""The environment that every notebook, test and build runs in."""

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
