"""Requests drawn from a seed, over every method and route, as an outsider would try them.

- :mod:`.routes` asks the application for its routes.
- :mod:`.tenants` has whoever asks, and :mod:`.places` what answers show of a tenant's things.
- :mod:`.hostile` has values that nobody means; :mod:`.bodies` and :mod:`.files` are what is sent.
- :mod:`.drawing` draws a request of all of these, :mod:`.wire` sends it, :mod:`.checks` judges the answer.
- :mod:`.sequences` are requests that depend on each other; :mod:`.liveness` asks ``/livez`` meanwhile.
- :mod:`.aftermath` looks at what is left. :mod:`.attack` puts all of this together.
"""
