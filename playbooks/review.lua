-- What `pipster review` shows. A project's own playbooks/review.lua takes its place, and
-- may include these, or some of them.
include "review_quarter"
include "review_success"
include "review_decisions"
