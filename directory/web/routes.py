"""Every page, feature by feature."""

from __future__ import annotations

from directory.web import documents
from directory.web.accounts import pages as account_pages
from directory.web.consulates import contacts, country, desk, finder, jurisdiction, mobile, tokens
from directory.web.moderation import calls, decisions, keys, lines, queue, words
from directory.web.moderation import records as record_decisions
from directory.web.paper import guide_pages, handout
from directory.web.partnerships import desk as joint_desk
from directory.web.partnerships import network, organization_side, partnerships, propose
from directory.web.public import map_page, organization_page, pages, results, unknown_words
from directory.web.referrals import answers, referrals
from directory.web.registration import drafts, essentials_page, links, manage, records, register, steps, workspace
from directory.web.statistics import areas, needs, region, statistics

PUBLIC = (pages.blueprint, results.blueprint, documents.blueprint)
ACCOUNTS = (account_pages.account, account_pages.people)
REGISTRATION = (essentials_page.blueprint, links.blueprint, records.public, records.editing, workspace.blueprint)
MODERATION = (queue.blueprint,)
CONSULATES = (desk.blueprint, finder.blueprint, country.blueprint, country.liaison)
PARTNERSHIPS = (joint_desk.blueprint, joint_desk.joint, network.blueprint)
ORGANIZATIONS_SIDE = (organization_side.blueprint, organization_side.links)
REFERRALS = (answers.blueprint,)
STATISTICS = (region.region,)
PAPER = (handout.blueprint, guide_pages.blueprint)
BLUEPRINTS = (
    *PUBLIC, *ACCOUNTS, *REGISTRATION, *MODERATION, *CONSULATES, *PARTNERSHIPS, *ORGANIZATIONS_SIDE, *REFERRALS,
    *STATISTICS, *PAPER,
)  # fmt: skip
ADD_TO_THEM = (
    contacts, jurisdiction, mobile, tokens, calls, record_decisions, partnerships, referrals, drafts, register, steps,
    areas, needs, statistics, propose, manage, unknown_words, words, lines, keys, decisions,
    organization_page, map_page,
)  # fmt: skip
"""Modules that add their pages to a blueprint of their feature."""
