// Writes the comment of a review. This runs with a token that can write comments, after a workflow that a stranger may have
// changed, so the artifact of that workflow is untrusted. GitHub decides which pull request gets the comment: the open pull
// request whose last commit is the commit of the run. `review.mjs` checks the form of the review, and `markdown.mjs` quotes
// its texts, so that they have no effect in the comment.

import { readFileSync } from "node:fs";

import { only } from "./archive.mjs";
import { Api } from "./api.mjs";
import { MARK, comment, isEmpty } from "./markdown.mjs";
import { read } from "./review.mjs";

const { env } = process;
const ARTIFACT = "casebook-review";
const MAX_BYTES = 1 << 20;
const MAX_BYTES_UNPACKED = 4 << 20;

async function main() {
  const { workflow_run: run } = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8"));
  if (!run) throw new Error("the event is not `workflow_run`; use this action in a workflow with `on: workflow_run`");
  if (run.event !== "pull_request") return `skipped: the event of the first workflow is ${run.event}, not pull_request`;
  const api = new Api(env.GITHUB_API_URL, env.GITHUB_REPOSITORY, env.INPUT_TOKEN);

  const pull = await pullRequest(api, run);
  if (!pull) return `skipped: no open pull request, or more than one, has the last commit ${run.head_sha}`;
  const review = await artifact(api, run);
  if (!review) return "skipped: the first workflow has no review";
  if (review.head !== run.head_sha) throw new Error("the review and the run have different commits");
  if (review.audience !== "public") throw new Error("the audience of the review is not `public`");

  const branch = pull.base.ref.split("/").map(encodeURIComponent).join("/");
  const body = comment(review, (file) => `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/blob/${branch}/${file}`);
  const own = await ownComment(api, pull.number);
  if (!own && isEmpty(review)) return "no comment needed: no problems and no similar tickets";
  if (own?.body === body) return "the comment is up to date";
  if (own) await api.ask("PATCH", `issues/comments/${own.id}`, { body });
  else await api.ask("POST", `issues/${pull.number}/comments`, { body });
  return `${own ? "updated" : "wrote"} the comment on #${pull.number}`;
}

// Finds the pull request of a run. The run itself lists no pull requests from forks.
async function pullRequest(api, run) {
  // The fork may have been deleted.
  if (!run.head_repository) return null;
  const head = encodeURIComponent(`${run.head_repository.owner.login}:${run.head_branch}`);
  const open = await api.ask("GET", `pulls?state=open&head=${head}&per_page=100`);
  const same = open.filter((pull) => pull.head.sha === run.head_sha && pull.head.repo?.id === run.head_repository.id);
  return same.length === 1 ? same[0] : null;
}

// Returns the review that the first workflow stored, or null.
async function artifact(api, run) {
  const listed = await api.ask("GET", `actions/runs/${run.id}/artifacts?name=${ARTIFACT}&per_page=100`);
  // Each attempt of a run stores an artifact. GitHub does not document their order.
  const [newest] = listed.artifacts
    .filter((one) => one.name === ARTIFACT && !one.expired)
    .sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || b.id - a.id);
  if (!newest) return null;
  if (newest.size_in_bytes > MAX_BYTES) {
    throw new Error(`the artifact has ${newest.size_in_bytes} bytes; the limit is ${MAX_BYTES} bytes`);
  }
  const archive = await api.download(`actions/artifacts/${newest.id}/zip`, MAX_BYTES);
  return read(only(archive, MAX_BYTES_UNPACKED).toString("utf8"));
}

// Finds the comment that this account wrote. Other people can write comments with the same mark.
async function ownComment(api, number) {
  for (let page = 1; page <= 30; page += 1) {
    const comments = await api.ask("GET", `issues/${number}/comments?per_page=100&page=${page}`);
    const own = comments.find((one) => one.user?.login === env.INPUT_AUTHOR && one.body?.startsWith(MARK));
    if (own || comments.length < 100) return own;
  }
  throw new Error(`#${number} has too many comments: only the first 3,000 are searched for the comment of casebook`);
}

// Untrusted text stays on one line, so that the runner does not read a command in it.
const plain = (text) => text.replaceAll("%", "%25").replaceAll(/\p{Cc}+/gu, " ");
try {
  console.log(`casebook: ${plain(await main())}`);
} catch (error) {
  console.log(`::error::${plain(error.message)}`);
  process.exitCode = 1;
}
