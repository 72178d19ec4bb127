"""Surveys: one experiment over many settings and seeds, and the tables of what came out.

A chapter's live experiment shows an effect; a survey says at which settings it holds. ``Survey`` declares one,
``run`` makes its table, ``read`` gives the table that the package carries, and ``recheck`` runs a sample of its rows
again. ``SURVEYS`` lists those of the book, and ``python -m relubook.surveys`` runs them.
"""

from relubook.surveys.declared import SURVEYS
from relubook.surveys.survey import Survey, SurveyError, by_setting, read, recheck, run

__all__ = ["SURVEYS", "Survey", "SurveyError", "by_setting", "read", "recheck", "run"]
