"""What people give: scenarios, interventions, organisations and their tables."""
