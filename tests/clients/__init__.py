"""Calendars read by the programs that people use."""
