"""Ways in for scans and photographs: folder, drop and paste, made small before they are sealed."""
