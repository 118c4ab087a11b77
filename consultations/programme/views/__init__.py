"""Pages of consultations: `public` for everybody, `staff` and the others for those who work on them."""
