"""The story of a workshop, told twice: by the service, and by a model that is too simple to be wrong."""
