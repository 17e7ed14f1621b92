"""The service in a real Chromium: journeys of people, and every page looked at by axe."""
