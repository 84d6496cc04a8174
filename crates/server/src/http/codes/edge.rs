//! Codes of the request itself, whatever it asks for.

super::codes! { "The request":
    "bad_request": "The request could not be understood" => "Compare it with the description of the operation.";
    "body_incomplete": "The body broke off" => "Send the request again; with an Idempotency-Key nothing happens twice.";
    "body_timeout": "The body did not arrive in time" => "Send the body without pauses, or a smaller one.";
    "body_too_large": "The body is too large" => "Send fewer rows at once; `GET /api/v1/meta` tells the limit.";
    "busy": "Someone else is changing the same data" => "Nothing was changed. Send the same request again after `Retry-After` seconds.";
    "csrf_failed": "The write may come from another site" => "Browsers: send `X-CSRF-Token` with the value of the CSRF cookie, and `Origin` with the address of the server.";
    "dry_run_unsupported": "This cannot be tried" => "Nothing was done. Send the request without `dry_run=true` when it is meant.";
    "encoded_body": "Compressed request bodies are not accepted" => "Send the body without Content-Encoding.";
    "headers_too_large": "Too many or too long header fields" => "At most 100 fields and 16 kB in total; delete old cookies of this host.";
    "idempotency_in_progress": "A request with this Idempotency-Key is being carried out" => "Send the same request again after `Retry-After` seconds: it gets the answer of the first.";
    "idempotency_key_required": "An Idempotency-Key is missing" => "Programs with an API key send one for each order they place, so that a repetition places nothing twice.";
    "idempotency_mismatch": "This Idempotency-Key was used for another request" => "Make a new key for a new intention; repeat a key only with the same body.";
    "internal": "Something went wrong on our side" => "Nothing was changed. Try again; if it stays, tell your administrator the `request_id`.";
    "invalid_encoding": "The query is not UTF-8 in percent encoding" => "Encode query values as UTF-8, then percent-encode them.";
    "invalid_etag": "If-Match is not an ETag of this API" => "Send the ETag as it came, with its quotation marks, or `*`.";
    "invalid_header": "A header cannot be read" => "`errors[]` names the header and what it may hold.";
    "malformed_form": "The body is not the form its content type says" => "Let your HTTP library make the multipart body and its boundary.";
    "malformed_json": "The body is not JSON" => "The detail says line and column. JSON is UTF-8, without NaN, trailing commas or comments, and a name stands once in an object.";
    "malformed_request": "This is not a valid HTTP request" => "Check what builds the request, or the proxy in between.";
    "method_not_allowed": "The address does not take that method" => "The header `Allow` lists the methods.";
    "not_acceptable": "No answer in the media types you accept" => "Accept `application/json` (exports: `text/csv` or XLSX), or leave Accept out.";
    "not_found": "There is nothing there, or nothing you may see" => "Check the id. Objects of other organizations and out of your sight are not told apart from missing ones.";
    "precondition_required": "The change needs the version you saw" => "Send `If-Match` with the ETag of your last read, or `*` for whatever is there now.";
    "rate_limited": "Too many requests" => "Wait `Retry-After` seconds. `RateLimit` tells on every answer how many are left.";
    "stale_version": "The object was changed since you read it" => "Read it again; `changed`, `changed_by` and `current_etag` tell what happened. Then decide anew.";
    "timeout": "The request did not arrive in time" => "Send it again.";
    "unavailable": "The service is busy or restarting" => "Nothing was changed. Send the same request again after `Retry-After` seconds.";
    "unsupported_media_type": "The media type of the body is not accepted" => "Send `Content-Type: application/json`, for files `multipart/form-data`.";
    "uri_too_long": "The address is too long" => "Shorten the query; ask for ids in several requests.";
    "validation_failed": "The input breaks rules" => "`errors[]` lists all of them at once, each with its place and code.";
}
