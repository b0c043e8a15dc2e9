"""Example companies: small and large order files to try the product on, all of them invented."""
