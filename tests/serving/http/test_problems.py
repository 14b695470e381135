"""What a problem says, whoever writes it down."""

import json

from starlette.responses import PlainTextResponse

from serving.http.problems import ERROR_PAGE, error_response, problem_of, problem_response
from serving.store.engine import NoUsableStore


def page(_, status, sentence):
    return PlainTextResponse(sentence, status)


def test_no_problem_says_where_the_database_is():
    error = NoUsableStore("The database at postgresql://assay@10.0.0.1/assay does not work: it is gone.")
    said = [
        json.dumps(problem_of(error)),
        problem_response(error).body.decode(),
        error_response({"type": "http", ERROR_PAGE: page}, error).body.decode(),
    ]
    for text in said:
        assert "The database does not answer" in text and "10.0.0.1" not in text
