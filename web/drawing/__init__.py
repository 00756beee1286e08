"""Which pictures do pages draw themselves? SVG of plain values: attributes and classes only, no style and no script."""
