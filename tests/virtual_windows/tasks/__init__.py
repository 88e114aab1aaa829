"""Definitions of scheduled tasks in XML, as the Task Scheduler reads and shows them."""

from .document import TaskXmlError, completed, read

__all__ = ["TaskXmlError", "completed", "read"]
