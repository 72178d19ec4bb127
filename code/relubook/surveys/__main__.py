"""Run the book's surveys: ``python -m relubook.surveys [NAME …]``, all of them without a name, on all cores."""

import argparse
import sys
from collections.abc import Sequence

import joblib

from relubook.surveys.declared import SURVEYS, survey_named
from relubook.surveys.survey import SurveyError, provenance, run


def _main(arguments: Sequence[str] | None = None) -> int:
    """Run, store and report; the exit status is 1 where a name is unknown or rows cannot be used."""
    parser = argparse.ArgumentParser(
        prog="python -m relubook.surveys", description="Run surveys, store their tables."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(SURVEYS)}; all where none is given"
    )
    names = parser.parse_args(arguments).names or list(SURVEYS)
    try:
        surveys = [survey_named(name) for name in names]
        with joblib.parallel_config(n_jobs=-1):
            for survey in surveys:
                table = run(survey, progress=True)
                print(f"{survey.name}: {len(table)} runs, {provenance(survey)['cpu']} of CPU")
    except (SurveyError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: finished rows are kept; run the same command again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(_main())
