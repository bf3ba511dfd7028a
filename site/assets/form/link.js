// Values that a link to a form cannot set: who asks, who may read it, and what the template requires.
export const NOT_FROM_LINK = ["visibility", "requester", "template", "created", "path", "source", "aliases"];
