"""The rules of a week in their order, and what follows from what they declare: columns, parameters, levers, forms."""
