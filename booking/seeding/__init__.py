"""Invented networks for an empty database: one to look at, and one of full size to measure with."""
