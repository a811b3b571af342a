"""Saving: folders that are complete or absent, manifests that vouch for every file, tables for spreadsheets."""
