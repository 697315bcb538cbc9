"""A record that is doubted, removed or merged: every door about it is shut in the same transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from directory.accounts.links import make_link
from directory.accounts.models import AccessLink, LinkPurpose, Role
from directory.clock import now
from directory.extensions import db
from directory.mail.letters import Letter, post
from directory.mail.models import OutboxMessage
from directory.organizations.models import Organization
from directory.partnerships.models import Partnership
from directory.referrals.models import Referral
from directory.registration.changes import begin_change
from directory.registration.models import Origin, Submission, SubmissionKind, SubmissionState
from directory.registration.submissions import draft_link
from directory.vocabulary.catalogue import vocabulary
from tests.site import database, make_user, organization_id, read, send, signed_in, visitor
from tests.world import SHELTER, World

PAGES = {
    LinkPurpose.DRAFT: "/es/register/d/",
    LinkPurpose.CONFIRM_SUBMISSION: "/es/confirm/",
    LinkPurpose.MANAGE: "/es/manage/",
    LinkPurpose.STILL_RIGHT: "/es/still-right/",
    LinkPurpose.OLD_CHANNEL: "/es/agree/",
    LinkPurpose.CLAIM: "/es/claim/",
    LinkPurpose.VISIT: "/es/visit/",
    LinkPurpose.PARTNERSHIP: "/es/partnership/",
    LinkPurpose.REFERRAL: "/es/referral/",
    LinkPurpose.KEY: "/es/key/",
}
DRAFTS = {Origin.PUBLIC: False, Origin.LINK: False, Origin.ACCOUNT: False, Origin.OFFICER: True}
"""By origin, whether a draft goes on where contacts are suspended: only the network's own people are not doubted."""
ACTIONS = ("suspend", "remove", "merge")


def test_every_purpose_and_origin_is_tried() -> None:
    assert set(PAGES) == set(LinkPurpose)
    assert set(DRAFTS) == set(Origin)


def act(world: World, action: str) -> None:
    moderator = signed_in(world.app, make_user(world.app, "moderator@example.org", Role.MODERATOR))
    page = f"/es/moderation/organizations/{SHELTER}"
    answer = send(moderator, page, {"into": "clinica-ejemplo"}, to=f"{page}/{action}")
    assert answer.status_code == 303, answer.get_data(as_text=True)


def shelter() -> Organization:
    return db.session.scalars(select(Organization).where(Organization.source_key == SHELTER)).one()


def links(world: World) -> dict[LinkPurpose, str]:
    """One link of each kind, the newest of what joint work gave out, and the oldest way to each page."""
    world.partner()
    world.refer()
    with database(world.app):
        terms, about = vocabulary(db.session), shelter()
        partnership = db.session.scalars(select(Partnership.id)).one()
        referral = db.session.scalars(select(Referral.id)).one()
        made = {}
        for purpose, page in PAGES.items():
            submission = begin_change(db.session, about, terms, Origin.LINK, "es", now(), email="ana@example.org")
            if purpose == LinkPurpose.CLAIM:
                submission.kind = SubmissionKind.CLAIM
            if purpose in (LinkPurpose.OLD_CHANNEL, LinkPurpose.CLAIM, LinkPurpose.CONFIRM_SUBMISSION):
                submission.state = SubmissionState.UNCONFIRMED
            db.session.flush()
            by_submission = purpose in (LinkPurpose.DRAFT, LinkPurpose.CONFIRM_SUBMISSION, LinkPurpose.VISIT)
            with_submission = by_submission or purpose in (LinkPurpose.OLD_CHANNEL, LinkPurpose.CLAIM)
            token = make_link(
                db.session, purpose, now(), email="ana@example.org",
                organization_id=None if by_submission else about.id,
                submission_id=submission.id if with_submission else None,
                partnership_id=partnership if purpose == LinkPurpose.PARTNERSHIP else None,
                referral_id=referral if purpose == LinkPurpose.REFERRAL else None,
            )  # fmt: skip
            made[purpose] = page + token
        return made


@pytest.mark.parametrize("action", ACTIONS)
def test_no_link_of_any_kind_opens_anything(world: World, action: str) -> None:
    made = links(world)
    opened = {purpose: visitor(world.app).get(page).status_code for purpose, page in made.items()}
    assert set(opened.values()) == {200}, opened
    act(world, action)
    after = {purpose: visitor(world.app).get(page).status_code for purpose, page in made.items()}
    assert set(after.values()) <= {404, 410}, after
    alive = select(AccessLink.purpose).where(AccessLink.used_at.is_(None))
    assert read(world.app, lambda: list(db.session.scalars(alive))) == []


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("origin", list(Origin))
def test_what_was_begun_ends(world: World, action: str, origin: Origin) -> None:
    editor = make_user(world.app, "e@example.org", Role.EDITOR, organization_id=read(world.app, lambda: shelter().id))
    with database(world.app):
        terms, about = vocabulary(db.session), shelter()
        author = editor if origin in (Origin.ACCOUNT, Origin.OFFICER) else None
        begun = begin_change(db.session, about, terms, origin, "es", now(), email="ana@example.org", author_id=author)
        waiting = begin_change(db.session, about, terms, origin, "es", now(), email="ana@example.org")
        waiting.state, waiting.submitted_at = SubmissionState.PENDING, now()
        held = begin_change(db.session, about, terms, origin, "es", now(), email="ana@example.org")
        held.state, held.submitted_at = SubmissionState.OLD_CHANNEL, now()
        page = f"/es/register/d/{draft_link(db.session, begun, now())}"
        ids = [begun.id, waiting.id, held.id]
    act(world, action)
    states = read(world.app, lambda: [db.session.get_one(Submission, one).state for one in ids])
    ended = SubmissionState.DRAFT if DRAFTS[origin] else SubmissionState.WITHDRAWN
    assert states[0] == ended
    assert states[1] == SubmissionState.PENDING, "a moderator decides on what lies before them"
    if not DRAFTS[origin]:
        assert states[2] == SubmissionState.WITHDRAWN
    browser = signed_in(world.app, editor) if author else visitor(world.app)
    assert browser.get(page).status_code in (403, 404, 410)


@pytest.mark.parametrize("action", ACTIONS)
def test_letters_that_have_not_left_do_not(world: World, action: str) -> None:
    with database(world.app):
        about = shelter().id
        letter = Letter(kind="own-page", subject="Su enlace", paragraphs=("Abra su página.",))
        post(db.session, letter, "ana@example.org", "es", about)
        gone = post(db.session, letter, "ana@example.org", "es", about)
        gone.sent_at, gone.text, gone.html = now(), None, None
        other = post(db.session, letter, "ana@example.org", "es", organization_id("Clínica Ejemplo"))
        db.session.flush()
        left = {gone.id, other.id}
    act(world, action)
    kept = select(OutboxMessage.id).where(OutboxMessage.kind == "own-page")
    assert read(world.app, lambda: set(db.session.scalars(kept))) == left


def test_a_letter_that_is_taken_back_while_it_leaves_stops_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from directory.mail import postman
    from directory.mail.deliver import Attempt, Outcome

    def taken_back(message: OutboxMessage, _settings: object) -> Attempt:
        with database(world.app):
            db.session.delete(db.session.get_one(OutboxMessage, message.id))
        return Attempt(Outcome.SENT)

    with database(world.app):
        db.session.query(OutboxMessage).delete()
        post(db.session, Letter(kind="own-page", subject="x", paragraphs=("y",)), "ana@example.org", "es", shelter().id)
    monkeypatch.setattr(postman, "deliver", taken_back)
    with world.app.app_context():
        assert postman.carry_one(db.session)
        assert not postman.carry_one(db.session)
