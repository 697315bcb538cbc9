"""The world of joint work, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.partnerships.world import World, make_world


@pytest.fixture
def world(site: Flask, tmp_path: Path) -> World:
    """Three consulates, a liaison, two organizations."""
    return make_world(site, tmp_path)
