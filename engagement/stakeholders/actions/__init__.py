"""What changes the register: one function per act, each recorded."""

from engagement.stakeholders.actions.register import ensure_classification

__all__ = ["ensure_classification"]
