"""Pages on which staff build, publish and look at surveys."""
