"""The application: routes, middleware, lifespan, OpenAPI document, and the pages generated from it."""
