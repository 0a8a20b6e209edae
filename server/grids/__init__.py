"""Grids by HTTP: which there are, the cell at a point, the legend, and pictures beside those of indicators."""
