//! The git hook that tells people what a push means for them, after it was accepted.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repo::error::RepoError;
use crate::repo::flow::hook::make_executable;
use crate::repo::write::put;

/// The line that marks Casebook's post-receive hook.
const MARK: &str = "# Installed by `casebook init --hook`";

/// Installs a post-receive hook beside the hook `pre_receive`. The hook runs the program `casebook` (an absolute path)
/// after each push to the default branch. Installing it again updates it; another program's hook is not changed, and
/// `None` is returned.
pub(crate) fn install_post_receive(
    pre_receive: &Path,
    casebook: &Path,
) -> Result<Option<PathBuf>, RepoError> {
    let path = pre_receive.with_file_name("post-receive");
    if path.symlink_metadata().is_ok() && !fs::read_to_string(&path).is_ok_and(|text| text.contains(MARK)) {
        return Ok(None);
    }
    put::write_outside(&path, script(casebook).as_bytes())?;
    make_executable(&path).map_err(|error| RepoError::io("make executable", &path, error))?;
    Ok(Some(path))
}

fn script(casebook: &Path) -> String {
    let casebook = casebook.to_string_lossy().replace('\'', r"'\''");
    // The push is already accepted, so the hook never fails. People and services come from the commit before the push, so
    // that a push cannot add an address for its own messages. The settings for sending are in a file that nobody can
    // push.
    format!(
        r#"#!/bin/sh
{MARK}: tells people what a push means for them. Run the command again to update this file.
# Settings: CASEBOOK_SMTP_URL, CASEBOOK_MAIL_FROM and CASEBOOK_WEBHOOK_URL, in the environment or in casebook/notify.env of
# this repository's git directory.
casebook='{casebook}'
if [ -r casebook/notify.env ]; then
    set -a
    . ./casebook/notify.env
    set +a
fi
tell=
[ ! -x "$casebook" ] || tell=$CASEBOOK_SMTP_URL$CASEBOOK_WEBHOOK_URL
main=$(git symbolic-ref --quiet HEAD)
pushed=$(cat)
while read -r old new ref; do
    [ -n "$tell" ] && [ "$ref" = "$main" ] || continue
    case $old in *[!0]*) ;; *) continue ;; esac
    case $new in *[!0]*) ;; *) continue ;; esac
    "$casebook" --quiet notify --since "$old" --at "$new" >/dev/null </dev/null ||
        echo "the push was accepted, but not everybody was told about it" >&2
done <<PUSHED
$pushed
PUSHED
# What else this server does after a push, such as building the site.
[ ! -x "$0.local" ] || printf '%s\n' "$pushed" | "$0.local"
exit 0
"#
    )
}
