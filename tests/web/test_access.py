"""Who gets through which door: every route, everybody, at a thing that is not theirs unless the column says so."""

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.calendars import Workshop
from tests.web.doors import PEOPLE, House, built

pytestmark = pytest.mark.usefixtures("clock")

# Columns: nobody; Cy, who belongs to no space and has asked to join; Ada, a member, whose booking, feed, token and
# sign-in are meant; Tia, a trainer; Bo, a manager; Max, who manages another space; Dee, who runs the network.
# + gets in (or hears what is wrong with what was sent), s is asked to sign in, - may not, 0 hears of no such thing.
TABLE = """
+ + + + + + +   GET /
s - - - - - +   GET /admin/
s - - - - - +   GET /admin/accounts/
s - - - - - +   POST /admin/accounts/<bounded:account_id>/erase
s - - - - - +   POST /admin/accounts/<bounded:account_id>/<any(disable, enable, promote, demote, sign_out):act>
s - - - - - +   GET /admin/audit/
s - - - - - +   GET /admin/jobs/
s - - - - - +   POST /admin/jobs/<bounded:job_id>/drop
s - - - - - +   POST /admin/jobs/<bounded:job_id>/retry
s - - - - - +   GET /admin/mails/
s - - - - - +   GET /admin/mails/<name>
s - - - - - +   GET /admin/quotas/
s - - - - - +   POST /admin/quotas/
s - - - - - +   POST /admin/quotas/<bounded:limit_id>/remove
+ + + + + + +   GET /answers/<token>
+ + + + + + +   POST /answers/<token>
+ + + + + + +   GET /api/docs
+ + + + + + +   GET /embed/<space>
+ + + + + + +   GET /api/v1/
+ + + + + + +   GET /api/v1/availability
s + + + + + +   GET /api/v1/bookings
s + + + + + +   POST /api/v1/bookings
s 0 + 0 + 0 +   GET /api/v1/bookings/<booking>
s 0 + 0 + 0 +   PATCH /api/v1/bookings/<booking>
s + + + + + +   POST /api/v1/bookings/<booking>/hand-over
s 0 + 0 0 0 0   DELETE /api/v1/bookings/<booking>/hand-over
s 0 + 0 0 0 0   GET /api/v1/bookings/<booking>/proposal
s + + + + + +   POST /api/v1/bookings/<booking>/proposal
s 0 + 0 0 0 0   POST /api/v1/bookings/<booking>/proposal/accept
s 0 + 0 0 0 0   POST /api/v1/bookings/<booking>/proposal/decline
s + + + + + +   GET /api/v1/handovers
s 0 + 0 0 0 0   POST /api/v1/handovers/<handover>/accept
s 0 + 0 0 0 0   POST /api/v1/handovers/<handover>/decline
s 0 + 0 0 0 0   POST /api/v1/waitlist/<entry>/accept
s 0 + 0 0 0 0   POST /api/v1/waitlist/<entry>/pass
s 0 - 0 + 0 +   POST /api/v1/bookings/<booking>/approve
s 0 + 0 + 0 +   POST /api/v1/bookings/<booking>/cancel
s 0 + 0 + 0 +   POST /api/v1/bookings/<booking>/check-in
s 0 - 0 + 0 +   POST /api/v1/bookings/<booking>/decline
s + + + + + +   POST /api/v1/bookings/<booking>/extend
s 0 + 0 + 0 +   POST /api/v1/bookings/<booking>/give-back
s + + + + + +   POST /api/v1/bookings/check
s + + + + + +   GET /api/v1/me
s + + + + + +   GET /api/v1/me/feeds
s + + + + + +   POST /api/v1/me/feeds
s 0 + 0 0 0 0   DELETE /api/v1/me/feeds/<feed>
s + + + + + +   GET /api/v1/me/tokens
s + + + + + +   POST /api/v1/me/tokens
s 0 + 0 0 0 0   DELETE /api/v1/me/tokens/<token>
+ + + + + + +   GET /api/v1/openapi.json
s + + + + + +   POST /api/v1/plans
s 0 + 0 0 0 0   GET /api/v1/plans/<plan>
s + + + + + +   PATCH /api/v1/plans/<plan>
s 0 + 0 0 0 0   POST /api/v1/plans/<plan>/cancel
s 0 + 0 0 0 0   POST /api/v1/plans/<plan>/keep
s + + + + + +   POST /api/v1/series
s 0 + 0 + 0 +   GET /api/v1/series/<series>
s 0 + 0 + 0 +   PATCH /api/v1/series/<series>
s 0 + 0 + 0 +   POST /api/v1/series/<series>/cancel
s + + + + + +   POST /api/v1/series/<series>/dates
+ + + + + + +   GET /api/v1/spaces
+ + + + + + +   GET /api/v1/spaces/<space>
+ + + + + + +   GET /api/v1/spaces/<space>/tools/<tool>
+ + + + + + +   GET /api/v1/tools
+ + + + + + +   GET /api/v1/tools/<tool>/schedule
s + + + + + +   GET /api/v1/waitlist
s + + + + + +   POST /api/v1/waitlist
s 0 + 0 0 0 0   DELETE /api/v1/waitlist/<entry>
s - - - + + +   GET /approvals/
s - - 0 + 0 +   POST /approvals/<bounded:booking_id>/approve
s - - 0 + 0 +   POST /approvals/<bounded:booking_id>/decline
s - - 0 + 0 +   POST /approvals/<bounded:booking_id>/undo
s - - + + + +   POST /approvals/approve
s + + + + + +   GET /bookings/
s 0 + 0 + 0 +   GET /bookings/<bounded:booking_id>
s 0 + 0 + 0 +   GET /bookings/<bounded:booking_id>/calendar
s 0 + 0 + 0 +   GET /bookings/<bounded:booking_id>/cancel
s 0 + 0 + 0 +   POST /bookings/<bounded:booking_id>/cancel
s 0 + 0 + 0 +   POST /bookings/<bounded:booking_id>/check-in
s 0 + 0 + 0 +   POST /bookings/<bounded:booking_id>/extend
s 0 + 0 + 0 +   POST /bookings/<bounded:booking_id>/give-back
s 0 + 0 0 0 0   GET /bookings/<bounded:booking_id>/hand-over
s 0 + 0 0 0 0   POST /bookings/<bounded:booking_id>/hand-over
s 0 + 0 0 0 0   POST /bookings/<bounded:booking_id>/hand-over/take-back
s 0 + 0 + 0 +   GET /bookings/<bounded:booking_id>/move
s 0 + 0 + 0 +   POST /bookings/<bounded:booking_id>/move
s 0 + 0 + 0 +   GET /bookings/<bounded:booking_id>/move/check
s 0 + 0 0 0 0   POST /bookings/<bounded:booking_id>/proposal/<any(accept, decline):act>
s 0 0 0 + 0 +   GET /bookings/<bounded:booking_id>/propose
s 0 0 0 + 0 +   POST /bookings/<bounded:booking_id>/propose
s 0 + 0 0 0 0   GET /bookings/<bounded:booking_id>/rescue
s 0 + 0 0 0 0   POST /bookings/<bounded:booking_id>/rescue
s 0 + 0 - 0 -   POST /bookings/<bounded:booking_id>/visibility
s + + + + + +   GET /certificates/
+ + + + + + +   GET /confirm-again
+ + + + + + +   POST /confirm-again
+ + + + + + +   GET /confirm/<secret>
+ + + + + + +   POST /confirm/<secret>
s + + + + + +   GET /feeds/
s + + + + + +   POST /feeds/
s 0 + 0 0 0 0   POST /feeds/<bounded:feed_id>/rename
s 0 + 0 0 0 0   POST /feeds/<bounded:feed_id>/revoke
s 0 + 0 0 0 0   POST /feeds/<bounded:feed_id>/rotate
+ + + + + + +   GET /feeds/<token>.ics
s 0 + 0 0 0 0   POST /handovers/<bounded:handover_id>/<any(accept, decline):act>
+ + + + + + +   GET /handovers/<secret>
+ + + + + + +   POST /handovers/<secret>
+ + + + + + +   GET /healthz
+ + + + + + +   GET /invitations/<token>
+ + + + + + +   POST /invitations/<token>
s - - + + + +   GET /manage/
s - - - + + +   GET /manage/import/<kind>/
s - - - + + +   POST /manage/import/<kind>/
s - - - + + +   POST /manage/import/<kind>/<name>
s - - - + + +   GET /manage/import/<kind>/reports/<name>
s - - - + + +   GET /manage/import/<kind>/reports/<name>.csv
s - - - - - +   GET /manage/kinds/
s - - - - - +   POST /manage/kinds/
s - - - - - +   GET /manage/kinds/<kind>/
s - - - - - +   POST /manage/kinds/<kind>/
s 0 0 0 + 0 +   GET /manage/spaces/<space>/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/
s 0 0 0 + 0 +   GET /manage/spaces/<space>/hours/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/closures
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/closures/<bounded:closure_id>/remove
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/days
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/days/<bounded:special_id>/remove
s 0 0 0 + 0 +   GET /manage/spaces/<space>/hours/holidays/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/holidays/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/holidays/confirm
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/make-up-days/<bounded:make_up_id>/remove
s 0 0 0 + 0 +   GET /manage/spaces/<space>/hours/staffed
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/staffed
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/week
s 0 0 0 + 0 +   POST /manage/spaces/<space>/hours/week/<day>/remove
s 0 0 0 + 0 +   GET /manage/spaces/<space>/labels/
s 0 0 0 + 0 +   GET /manage/spaces/<space>/labels/<code>.svg
s 0 0 0 + 0 +   GET /manage/spaces/<space>/photos/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/photos/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/photos/<bounded:photo_id>/remove
s 0 0 0 + 0 +   GET /manage/spaces/<space>/quotas/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/quotas/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/quotas/<bounded:quota_id>/remove
s 0 0 0 + 0 +   GET /manage/spaces/<space>/strikes/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/strikes/<bounded:strike_id>/forgive
s 0 0 0 + 0 +   POST /manage/spaces/<space>/strikes/policy
s 0 0 0 + 0 +   POST /manage/spaces/<space>/strikes/suspend
s 0 0 0 + 0 +   POST /manage/spaces/<space>/strikes/suspensions/<bounded:suspension_id>/lift
s 0 0 0 + 0 +   GET /manage/spaces/<space>/requests
s 0 0 0 + 0 +   POST /manage/spaces/<space>/requests
s 0 0 0 + 0 +   GET /manage/spaces/<space>/supplies/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/supplies/
s 0 0 0 + 0 +   GET /manage/spaces/<space>/supplies/<bounded:supply_id>/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/supplies/<bounded:supply_id>/
s 0 0 0 + 0 +   GET /manage/spaces/<space>/supplies/<bounded:supply_id>/outages
s 0 0 0 + 0 +   POST /manage/spaces/<space>/supplies/<bounded:supply_id>/outages
s 0 0 0 + 0 +   POST /manage/spaces/<space>/supplies/<bounded:supply_id>/remove
s 0 0 0 + 0 +   GET /manage/spaces/<space>/tools/
s 0 0 0 + 0 +   GET /manage/spaces/<space>/tools/<tool>/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/
s 0 0 0 + 0 +   GET /manage/spaces/<space>/tools/<tool>/photos/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/photos/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/photos/<bounded:photo_id>/remove
s 0 0 0 + 0 +   GET /manage/spaces/<space>/tools/<tool>/state/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/state/
s 0 0 0 + 0 +   GET /manage/spaces/<space>/tools/<tool>/state/outages
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/state/outages
s 0 0 0 + 0 +   GET /manage/spaces/<space>/tools/<tool>/state/outages/<bounded:outage_id>/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/state/outages/<bounded:outage_id>/
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/state/outages/<bounded:outage_id>/end
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/state/units
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/<tool>/state/units/<bounded:unit_id>
s 0 0 0 + 0 +   GET /manage/spaces/<space>/tools/new
s 0 0 0 + 0 +   POST /manage/spaces/<space>/tools/new
s - - - - - +   GET /manage/spaces/new
s - - - - - +   POST /manage/spaces/new
+ + + + + + +   GET /metrics
+ + + + + + +   GET /offers/<secret>
+ + + + + + +   POST /offers/<secret>
+ + + + + + +   GET /photos/<file>
s 0 + 0 0 0 0   GET /plans/<bounded:plan_id>
s 0 + 0 0 0 0   GET /plans/<bounded:plan_id>/calendar
s 0 + 0 0 0 0   GET /plans/<bounded:plan_id>/cancel
s 0 + 0 0 0 0   POST /plans/<bounded:plan_id>/cancel
s 0 + 0 0 0 0   POST /plans/<bounded:plan_id>/keep
s 0 + 0 0 0 0   GET /plans/<bounded:plan_id>/move
s 0 + 0 0 0 0   POST /plans/<bounded:plan_id>/move
s + + + + + +   GET /plans/new
s + + + + + +   POST /plans/new
+ + + + + + +   POST /preferences/language
+ + + + + + +   POST /preferences/theme
s + + + + + +   GET /profile
s + + + + + +   POST /profile
s + + + + + +   GET /profile/data
s + + + + + +   POST /profile/data/download
s + + + + + +   POST /profile/data/erase
s + + + + + +   POST /profile/email
s + + + + + +   POST /profile/password
s + + + + + +   GET /profile/sign-ins
s 0 + 0 0 0 0   POST /profile/sign-ins/<bounded:sign_in_id>/end
s + + + + + +   POST /profile/sign-ins/end-others
s + + + + + +   GET /profile/tokens/
s + + + + + +   POST /profile/tokens/
s 0 + 0 0 0 0   POST /profile/tokens/<bounded:token_id>/revoke
+ + + + + + +   GET /proposals/<secret>
+ + + + + + +   POST /proposals/<secret>
s + + + + + +   GET /q/<code>
s + + + + + +   POST /q/<code>
+ + + + + + +   GET /readyz
+ + + + + + +   GET /register
+ + + + + + +   POST /register
s - - + + + +   GET /reports/
s - - + + 0 +   GET /reports/<bounded:report_id>/<any(large, small):size>.jpg
s - - + + 0 +   POST /reports/<bounded:report_id>/close
+ + + + + + +   GET /reset
+ + + + + + +   POST /reset
+ + + + + + +   GET /reset/<secret>
+ + + + + + +   POST /reset/<secret>
s + + + + + +   GET /series/
s 0 + 0 + 0 +   GET /series/<bounded:series_id>
s - - 0 + 0 +   POST /series/<bounded:series_id>/approve
s - - 0 + 0 +   POST /series/<bounded:series_id>/approve/undo
s 0 + 0 + 0 +   GET /series/<bounded:series_id>/calendar
s 0 + 0 + 0 +   GET /series/<bounded:series_id>/cancel
s 0 + 0 + 0 +   POST /series/<bounded:series_id>/cancel
s 0 + 0 + 0 +   GET /series/<bounded:series_id>/change
s 0 + 0 + 0 +   POST /series/<bounded:series_id>/change
s 0 + 0 0 0 0   GET /series/<bounded:series_id>/dates
s 0 + 0 0 0 0   POST /series/<bounded:series_id>/dates
+ + + + + + +   GET /sign-in
+ + + + + + +   POST /sign-in
+ + + + + + +   POST /sign-out
+ + + + + + +   GET /spaces/
+ + + + + + +   GET /spaces/<space>/
+ + + + + + +   GET /spaces/<space>/calendar.ics
+ + + + + + +   GET /spaces/<space>/timetable
s + + + + + +   GET /bookings/month
+ + + + + + +   GET /kinds/<kind>/timetable
+ + + + + + +   GET /spaces/<space>/wall
s 0 0 + + 0 +   GET /spaces/<space>/certificates/
s 0 0 + + 0 +   GET /spaces/<space>/certificates/<bounded:certificate_id>/
s 0 0 0 + 0 +   GET /spaces/<space>/certificates/<bounded:certificate_id>/accepted/
s 0 0 0 + 0 +   POST /spaces/<space>/certificates/<bounded:certificate_id>/accepted/
s 0 0 0 + 0 +   POST /spaces/<space>/certificates/<bounded:certificate_id>/accepted/<bounded:acceptance_id>/remove
s 0 0 0 + 0 +   GET /spaces/<space>/certificates/<bounded:certificate_id>/edit
s 0 0 0 + 0 +   POST /spaces/<space>/certificates/<bounded:certificate_id>/edit
s 0 0 + + 0 +   GET /spaces/<space>/certificates/<bounded:certificate_id>/grant
s 0 0 + + 0 +   POST /spaces/<space>/certificates/<bounded:certificate_id>/grant
s 0 0 + + 0 +   POST /spaces/<space>/certificates/<bounded:certificate_id>/holders/<bounded:account_id>/revoke
s 0 0 0 + 0 +   GET /spaces/<space>/certificates/new
s 0 0 0 + 0 +   POST /spaces/<space>/certificates/new
s + + + + + +   GET /spaces/<space>/join
s + + + + + +   POST /spaces/<space>/join
s + 0 0 0 0 0   POST /spaces/<space>/join/withdraw
s 0 + + + 0 0   POST /spaces/<space>/leave
s 0 0 0 + 0 +   GET /spaces/<space>/members/
s 0 0 0 + 0 +   POST /spaces/<space>/members/<bounded:account_id>/
s 0 0 0 + 0 +   POST /spaces/<space>/members/<bounded:account_id>/remove
s 0 0 0 + 0 +   POST /spaces/<space>/members/invitations/<bounded:invitation_id>/<any(again, revoke):act>
s 0 0 0 + 0 +   GET /spaces/<space>/members/invite
s 0 0 0 + 0 +   POST /spaces/<space>/members/invite
s 0 0 0 + 0 +   GET /spaces/<space>/members/requests
s 0 0 0 + 0 +   POST /spaces/<space>/members/requests/<bounded:request_id>/accept
s 0 0 0 + 0 +   POST /spaces/<space>/members/requests/<bounded:request_id>/decline
+ + + + + + +   GET /spaces/<space>/tools/<tool>/
s + + + + + +   GET /spaces/<space>/tools/<tool>/book
s + + + + + +   POST /spaces/<space>/tools/<tool>/book
s + + + + + +   GET /spaces/<space>/tools/<tool>/book/check
+ + + + + + +   GET /spaces/<space>/tools/<tool>/calendar.ics
s + + + + + +   GET /spaces/<space>/tools/<tool>/repeat
s + + + + + +   POST /spaces/<space>/tools/<tool>/repeat
s + + + + + +   GET /spaces/<space>/tools/<tool>/report
s + + + + + +   POST /spaces/<space>/tools/<tool>/report
s + + + + + +   GET /spaces/<space>/tools/<tool>/report/thanks
s + + + + + +   GET /spaces/<space>/tools/<tool>/visit
s + + + + + +   POST /spaces/<space>/tools/<tool>/visit
s + + + + + +   GET /spaces/<space>/tools/<tool>/wait
s + + + + + +   POST /spaces/<space>/tools/<tool>/wait
s 0 0 + + 0 +   GET /spaces/<space>/visits/
s + + + + + +   GET /teams/
s + + + + + +   POST /teams/
s 0 + 0 0 0 0   GET /teams/<bounded:team_id>/
s 0 + 0 0 0 0   POST /teams/<bounded:team_id>/<any(leave, dissolve):act>
s 0 + 0 0 0 0   POST /teams/<bounded:team_id>/invitations/<bounded:invitation_id>/revoke
s 0 + 0 0 0 0   POST /teams/<bounded:team_id>/invite
s 0 + 0 0 0 0   POST /teams/<bounded:team_id>/members/<bounded:account_id>/<any(lead, remove):act>
s 0 + 0 0 0 0   POST /teams/<bounded:team_id>/rename
+ + + + + + +   GET /teams/join/<token>
+ + + + + + +   POST /teams/join/<token>
s + + + + + +   GET /visits/
s 0 + 0 + 0 +   GET /visits/<bounded:visit_id>
s 0 - 0 + 0 +   POST /visits/<bounded:visit_id>/<any(vouch, refuse, accept, decline, withdraw, end, longer):act>
s 0 - 0 + 0 +   POST /visits/<bounded:visit_id>/conditions
s + + + + + +   GET /waitlist/
s 0 + 0 0 0 0   POST /waitlist/<bounded:entry_id>/<any(accept, pass, leave):act>
"""


@pytest.fixture
def house(app: Flask, workshop: Workshop) -> House:
    return built(app, workshop)


def name(method: str, rule: Rule) -> str:
    return f"{method} {rule.rule}"


def mark(answer: TestResponse) -> str:
    """An answer as the table writes it."""
    to_sign_in = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in?")
    if answer.status_code == 401 or to_sign_in:
        return "s"
    return {403: "-", 404: "0"}.get(answer.status_code, "+" if answer.status_code < 500 else str(answer.status_code))


@pytest.mark.timeout(360)  # Some three hundred doors, seven people at each.
def test_everybody_gets_in_where_the_table_says_and_nowhere_else(house: House) -> None:
    found = []
    for method, rule in house.doors():
        marks = " ".join(mark(house.knock(who, method, rule)) for who in PEOPLE)
        found.append(f"{marks}   {name(method, rule)}")
    assert sorted(found) == sorted(TABLE.strip().splitlines())


def test_the_manager_of_another_space_reaches_nothing_of_this_one_through_his_own(house: House) -> None:
    """The address names his space, and then a thing of this one: 404 everywhere."""
    reached = []
    for method, rule in house.doors():
        parts = set(rule.arguments) - {"act"}
        if "space" not in parts or parts == {"space"}:
            continue
        own = house.own if len(parts) > 2 else {"space": house.own["space"]}
        answer = house.knock("max", method, rule, **own)
        if answer.status_code != 404:
            reached.append((name(method, rule), answer.status_code))
    assert reached == []
