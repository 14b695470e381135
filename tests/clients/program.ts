// What a customer's program does with the types that openapi-typescript generates, checked strictly: takes the service's
// address and account documents as a JSON list, and prints what it was answered as JSON.
import type { components, operations, paths, webhooks } from "./assay";

type Account = components["schemas"]["Account"];
type Verdict = paths["/v1/verdicts"]["post"]["responses"]["200"]["content"]["application/json"];
type Problem = paths["/v1/verdicts"]["post"]["responses"]["422"]["content"]["application/problem+json"];
type Page = paths["/v1/verdicts"]["get"]["responses"]["200"]["content"]["application/json"];
type Decision = components["schemas"]["Decision"];
type Delivery = webhooks["decision.made"]["post"]["requestBody"]["content"]["application/json"];

declare const process: { argv: string[] };
const url = process.argv[2]!;
const accounts = JSON.parse(process.argv[3]!) as [Account, ...Account[]];

async function send<Body>(path: string, body: Body): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function main() {
  const verdict = (await (await send("/v1/verdicts", accounts[0])).json()) as Verdict;
  const outcome: Decision["outcome"] & Delivery["data"]["outcome"] = "confirmed";
  const decision: Decision = { outcome, by: "Jo", reason: "seen" };
  await send(`/v1/verdicts/${verdict.verdict_id}/decisions`, decision);

  const asked: NonNullable<operations["listVerdicts"]["parameters"]["query"]> = {
    account_id: accounts[0].account_id,
    decision: outcome,
  };
  const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, `${value}`]));
  const page = (await (await fetch(`${url}/v1/verdicts?${query}`)).json()) as Page;

  const impossible: Account = { ...accounts[0], profile: { ...accounts[0].profile, followers: -4 } };
  const refusal = await send("/v1/verdicts", impossible);
  const problem = (await refusal.json()) as Problem;
  console.log(
    JSON.stringify({
      verdict_id: verdict.verdict_id,
      label: verdict.label,
      found: page.verdicts.map((summary) => summary.verdict_id),
      status: refusal.status,
      code: problem.code,
      field: problem.errors?.[0]?.field,
    }),
  );
}

main();
