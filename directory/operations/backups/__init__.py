"""Backup, restore and drill: one archive holds what an installation cannot make anew."""
