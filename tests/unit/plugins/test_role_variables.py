"""Variables that look like ours and are not."""

from __future__ import annotations

import pytest

from ansible_collections.presence.office.plugins.plugin_utils.role_variables import check_variables

ENFORCE = "presence.office.default_im_app"
REPORT = "presence.office.presence_report"


@pytest.mark.parametrize(
    ("role", "name", "meant"),
    [
        (ENFORCE, "default_im_app_user", "default_im_app_users"),
        (ENFORCE, "default_im_app_exclude_user", "default_im_app_exclude_users"),
        (ENFORCE, "default_im_app_verdicts", "default_im_app_audit_verdicts"),
        (ENFORCE, "default_imapp_users", "default_im_app_users"),
        (ENFORCE, "DEFAULT_IM_APP_USERS", "default_im_app_users"),
        (ENFORCE, "presence_office_host", "presence_office_hosts"),
        (REPORT, "presence_report_dir", "presence_report_directory"),
        (None, "presence_office_hots", "presence_office_hosts"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_one(role, name, meant):
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the text is compared whole)
        check_variables({"ansible_host": "x", name: "bob"}, role)

    assert str(refused.value) == f"there is no variable {name}: did you mean {meant}? Nothing was done"


@pytest.mark.parametrize(
    ("role", "name", "value"),
    [
        (ENFORCE, "default_im_app_users", "bob"),
        (ENFORCE, "default_im_app_audit_verdicts", []),
        (ENFORCE, "default_im_app", {"of": "somebody's playbook"}),
        (ENFORCE, "default_im_app_result", {"changed": False}),  # registered
        (ENFORCE, "__default_im_app_result", "x"),
        (ENFORCE, "default_images", "x"),
        (ENFORCE, "presence_report_dir", "x"),  # another role's
        (REPORT, "presence_reports_folder", "x"),
        ("somebody.elses.role", "default_im_app_user", "bob"),
        (None, "default_im_app_user", "bob"),
    ],
)
def test_what_is_left_alone(role, name, value):
    check_variables({name: value}, role)
