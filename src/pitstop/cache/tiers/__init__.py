"""Stores on other machines, behind the local one."""
