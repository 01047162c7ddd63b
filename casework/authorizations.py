"""Who may act for whom (授权): scopes, an end date, what it rests on, and when it was taken back.

Law: 民法典 art. 161–165 (agency by declaration, ended at any time by the principal, art. 173) and art. 23,
27, 28 (guardians act for those without full capacity); 个人信息保护法 art. 29, 31 (consent, parents of
children under 14).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LASTS = timedelta(days=365)
"""An authorization ends a year after it was given; it is renewed by giving it again."""


class Scope(StrEnum):
    """What a helper may do."""

    SEE = "see"
    """See how the cases stand (看进度)."""
    FILL = "fill"
    """Fill forms with what is known of the person (代填)."""
    SUBMIT = "submit"
    """File, correct, take back (代提交)."""
    NOTICES = "notices"
    """Be told every step (收通知)."""


ALL = tuple(Scope)


class Evidence(StrEnum):
    """What an authorization rests on."""

    NONE = "none"
    """The helper's own word."""
    PAPER = "paper"
    """A paper was sent (委托书, 监护证明); nobody has looked at it yet."""
    CHECKED = "checked"
    """A caseworker has looked at the paper and it is good."""
    CONFIRMED = "confirmed"
    """The person said yes in her own conversation."""
    REFUSED = "refused"
    """The person, or the caseworker who looked at the paper, said no."""


SOUND = frozenset({Evidence.CHECKED, Evidence.CONFIRMED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """One person acting for another one."""

    id: str
    principal_id: str
    helper_id: str
    role: str
    """guardian | agent, as in the question 给谁办."""
    relation: str
    """How the helper speaks of the person, or what she is to her: 你爸爸, 邻居."""
    helper_called: str
    """The helper's own name, as she gave it; empty when she was not asked."""
    scopes: tuple[Scope, ...]
    until: datetime
    evidence: Evidence = Evidence.NONE
    ended_at: datetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Neither taken back, nor refused, nor past its end."""
        return self.ended_at is None and self.evidence is not Evidence.REFUSED and now < self.until

    def ran_out(self, now: datetime) -> bool:
        """Past its end, without anybody having taken it back or refused it."""
        is_ended = self.ended_at is not None or self.evidence is Evidence.REFUSED
        return not is_ended and now >= self.until

    def allows(self, scope: Scope, now: datetime) -> bool:
        """Whether the helper may do this now."""
        return self.is_in_force(now) and scope in self.scopes

    def opens(self, filed_by: str, scope: Scope, now: datetime) -> bool:
        """Whether it reaches a case filed by this person.

        As long as it rests on the helper's word alone, it reaches only what she filed herself.
        """
        is_own_work = filed_by == self.helper_id
        return self.allows(scope, now) and (self.evidence in SOUND or is_own_work)
