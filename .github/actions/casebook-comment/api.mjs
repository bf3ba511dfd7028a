// A client of GitHub's API for one repository.

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

  // Sends a request and returns the JSON of the response.
  async ask(method, path, body) {
    const request = { method, headers: this.#headers, redirect: "error" };
    if (body) request.body = JSON.stringify(body);
    return (await this.#fetch(path, request, (status) => status >= 200 && status < 300)).json();
  }

  // Downloads a file of at most `most` bytes. GitHub redirects to another host, which must not receive the token.
  async download(path, most) {
    const redirect = await this.#fetch(path, { headers: this.#headers, redirect: "manual" }, (status) => status === 302);
    const answer = await fetch(redirect.headers.get("location"), { redirect: "error" });
    if (!answer.ok) throw new Error(`the artifact cannot be downloaded: status ${answer.status}`);
    const chunks = [];
    let size = 0;
    for await (const chunk of answer.body) {
      size += chunk.length;
      if (size > most) throw new Error(`the artifact is too large; the limit is ${most} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async #fetch(path, request, isExpected) {
    const answer = await fetch(this.#base + path, request);
    if (isExpected(answer.status)) return answer;
    const text = (await answer.text()).slice(0, 300);
    throw new Error(`${request.method ?? "GET"} ${path.split("?")[0]}: ${answer.status} ${text}`);
  }
}
