# SPDX-License-Identifier: MIT
#
# Sourced by the suites that run pipster: nothing that it heeds comes from whoever runs them,
# be that a runner of GitHub, sudo or a user with a project of their own. PIPSTER, the binary
# that is to be tried, stays.
unset "${!PIPSTER_@}" "${!GITHUB_@}" "${!HCLOUD_@}" "${!HETZNER_@}" "${!AWS_@}" "${!S3_@}" \
  "${!UPTIMEROBOT_@}" "${!BETTERSTACK_@}" "${!SENDGRID_@}" "${!STRIPE_@}" "${!SUDO_@}" \
  SOURCE_DATE_EPOCH CREDENTIALS_DIRECTORY SSH_AUTH_SOCK XDG_STATE_HOME \
  NO_COLOR FORCE_COLOR CLICOLOR_FORCE
