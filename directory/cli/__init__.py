"""The commands. Each reads its arguments and calls one function of a feature; a user's mistake is no traceback."""

from __future__ import annotations

import gc
import os

import click

from directory.cli import backup, doctor, erase, index, key, people, records, serving
from directory.settings import VERSION


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION)
def main() -> None:
    """Directory of civil society organizations for consular protection."""
    os.umask(0o077)  # what is written here is read by this account alone
    gc.set_threshold(20_000, 20, 50)  # records come by the thousand and hold each other: a third of the time is looking


for command in (
    serving.serve,
    serving.init,
    records.import_command,
    records.export,
    records.guide,
    people.user,
    people.remind,
    index.index,
    key.key,
    doctor.doctor,
    erase.erase,
    backup.backup_group,
    backup.restore_command,
):
    main.add_command(command)
