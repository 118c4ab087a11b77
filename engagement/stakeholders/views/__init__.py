"""The register's pages, all of them for staff."""
