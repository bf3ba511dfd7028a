// Reviews a pull request, which is untrusted: its files are neither checked out nor run. The token can only read. No shell
// is used, and names from the pull request reach other programs only as whole arguments.

import { spawnSync } from "node:child_process";
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";

const { env } = process;
const COMMIT = /^[0-9a-f]{40}$/;

function main() {
  const { pull_request: pull } = JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, "utf8"));
  const [number, base, head] = [pull?.number, pull?.base?.sha, pull?.head?.sha];
  if (!Number.isSafeInteger(number) || !COMMIT.test(base) || !COMMIT.test(head)) {
    throw new Error("the event is not `pull_request`; use this action in a workflow with `on: pull_request`");
  }
  const folder = join(env.RUNNER_TEMP, "casebook-review");
  const repository = join(folder, "change.git");
  mkdirSync(folder, { recursive: true });
  git(["init", "--quiet", "--bare", "--initial-branch=base", repository]);
  const address = `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}`;
  const refs = [`+${base}:refs/heads/base`, `+refs/pull/${number}/head:refs/heads/change`];
  git(["--git-dir", repository, "fetch", "--quiet", "--no-tags", address, ...refs]);
  if (spawnSync("git", ["--git-dir", repository, "cat-file", "-e", head]).status !== 0) {
    throw new Error(`the pull request no longer contains ${head}; its new commits are reviewed in another run`);
  }

  const change = ["--repo", repository, "--since", base, "--at", head, "--rules-from", base];
  const review = join(folder, "review.json");
  const file = openSync(review, "w");
  const reviewed = casebook(["review", ...change, "--audience", "public", "--format", "json"], file);
  closeSync(file);
  if (reviewed > 1) throw new Error("the review failed; the log above has the reason");
  appendFileSync(env.GITHUB_OUTPUT, `review=${review}\n`);
  process.exitCode = casebook(["check", ...change, "--format", "github"], "inherit");
}

// Runs git. The token is passed in the environment, so that neither the process list nor a file contains it.
function git(args) {
  const secret = Buffer.from(`x-access-token:${env.INPUT_TOKEN ?? ""}`).toString("base64");
  const settings = env.INPUT_TOKEN
    ? { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "http.extraHeader", GIT_CONFIG_VALUE_0: `Authorization: Basic ${secret}` }
    : {};
  const ran = spawnSync("git", args, { stdio: "inherit", env: { ...env, GIT_TERMINAL_PROMPT: "0", ...settings } });
  if (ran.status !== 0) throw new Error(`git ${args.includes("fetch") ? "fetch" : args[0]} failed`);
}

function casebook(args, output) {
  const { INPUT_TOKEN: _, ...rest } = env;
  const ran = spawnSync(env.INPUT_CASEBOOK || "casebook", args, { stdio: ["ignore", output, "inherit"], env: rest });
  if (ran.error) throw new Error(`casebook cannot be started: ${ran.error.message}`);
  return ran.status ?? 2;
}

try {
  main();
} catch (error) {
  console.log(`::error::${error.message.replaceAll("%", "%25").replaceAll(/[\r\n]+/g, " ")}`);
  process.exitCode = 2;
}
