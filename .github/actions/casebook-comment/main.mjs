// Runs with a token that may write, after a workflow that a stranger may have changed. So nothing that the stranger could
// write decides where the comment goes: the pull request is the open one whose last commit is that of the run, by what
// GitHub says of both. And nothing in the comment has any force: `review.mjs` checks its form, `markdown.mjs` quotes it.

import { readFileSync } from "node:fs";

import { only } from "./archive.mjs";
import { Api } from "./api.mjs";
import { MARK, comment, isEmpty } from "./markdown.mjs";
import { read } from "./review.mjs";

const { env } = process;
const ARTIFACT = "casebook-review";
const MOST_BYTES = 1 << 20;
const MOST_BYTES_UNPACKED = 4 << 20;

async function main() {
  const { workflow_run: run } = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8"));
  if (!run) throw new Error("this is not the event of a workflow's run; use it in a workflow that is `on: workflow_run`");
  if (run.event !== "pull_request") return `nothing to do: that run was by ${run.event}`;
  const api = new Api(env.GITHUB_API_URL, env.GITHUB_REPOSITORY, env.INPUT_TOKEN);

  const pull = await pullRequest(api, run);
  if (!pull) return `nothing to do: ${run.head_sha} is the last commit of no open pull request, or of several`;
  const review = await artifact(api, run);
  if (!review) return "nothing to do: that run left no review";
  if (review.head !== run.head_sha) throw new Error("the review is of another commit than the run");
  if (review.audience !== "public") throw new Error("the review is not one for everybody");

  const branch = pull.base.ref.split("/").map(encodeURIComponent).join("/");
  const body = comment(review, (file) => `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/blob/${branch}/${file}`);
  const own = await ownComment(api, pull.number);
  if (!own && isEmpty(review)) return "nothing to say";
  if (own?.body === body) return "the comment says so already";
  if (own) await api.ask("PATCH", `issues/comments/${own.id}`, { body });
  else await api.ask("POST", `issues/${pull.number}/comments`, { body });
  return `${own ? "updated" : "wrote"} the comment on #${pull.number}`;
}

// The list of a run's own pull requests is empty for those from forks.
async function pullRequest(api, run) {
  // The fork may be gone.
  if (!run.head_repository) return null;
  const head = encodeURIComponent(`${run.head_repository.owner.login}:${run.head_branch}`);
  const open = await api.ask("GET", `pulls?state=open&head=${head}&per_page=100`);
  const same = open.filter((pull) => pull.head.sha === run.head_sha && pull.head.repo?.id === run.head_repository.id);
  return same.length === 1 ? same[0] : null;
}

async function artifact(api, run) {
  const listed = await api.ask("GET", `actions/runs/${run.id}/artifacts?name=${ARTIFACT}&per_page=100`);
  // Each attempt of a run leaves one; in which order they are listed is not said anywhere.
  const [found] = listed.artifacts
    .filter((one) => one.name === ARTIFACT && !one.expired)
    .sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || b.id - a.id);
  if (!found) return null;
  if (found.size_in_bytes > MOST_BYTES) throw new Error(`the review has ${found.size_in_bytes} bytes, which is too much`);
  const archive = await api.download(`actions/artifacts/${found.id}/zip`, MOST_BYTES);
  return read(only(archive, MOST_BYTES_UNPACKED).toString("utf8"));
}

// Others may write the mark, too; only what this account wrote is its own.
async function ownComment(api, number) {
  for (let page = 1; page <= 30; page += 1) {
    const comments = await api.ask("GET", `issues/${number}/comments?per_page=100&page=${page}`);
    const own = comments.find((one) => one.user?.login === env.INPUT_AUTHOR && one.body?.startsWith(MARK));
    if (own || comments.length < 100) return own;
  }
  throw new Error(`#${number} has too many comments to look for the own one`);
}

// Text of others stays on its line, where the runner takes it for no command.
const plain = (text) => text.replaceAll("%", "%25").replaceAll(/\p{Cc}+/gu, " ");
try {
  console.log(`casebook: ${plain(await main())}`);
} catch (error) {
  console.log(`::error::${plain(error.message)}`);
  process.exitCode = 1;
}
