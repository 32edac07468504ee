"""What docs/build.py makes the site of: pages of the tree, and reference pages of its sources."""
