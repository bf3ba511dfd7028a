// GitHub's API, of one repository.

export class Api {
  #base;
  #headers;

  constructor(server, repository, token) {
    this.#base = `${server}/repos/${repository}/`;
    this.#headers = {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "user-agent": "casebook",
      "x-github-api-version": "2022-11-28",
    };
  }

  // What it answers, as JSON.
  async ask(method, path, body) {
    const request = { method, headers: this.#headers, redirect: "error" };
    if (body) request.body = JSON.stringify(body);
    return (await this.#fetch(path, request, (status) => status >= 200 && status < 300)).json();
  }

  // A file of at most so many bytes. It stands elsewhere, and is asked for without the token.
  async download(path, most) {
    const there = await this.#fetch(path, { headers: this.#headers, redirect: "manual" }, (status) => status === 302);
    const answer = await fetch(there.headers.get("location"), { redirect: "error" });
    if (!answer.ok) throw new Error(`the artifact cannot be downloaded: ${answer.status}`);
    const pieces = [];
    let size = 0;
    for await (const piece of answer.body) {
      size += piece.length;
      if (size > most) throw new Error(`the artifact has more than ${most} bytes`);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  async #fetch(path, request, isRight) {
    const answer = await fetch(this.#base + path, request);
    if (isRight(answer.status)) return answer;
    const said = (await answer.text()).slice(0, 300);
    throw new Error(`${request.method ?? "GET"} ${path.split("?")[0]}: ${answer.status} ${said}`);
  }
}
