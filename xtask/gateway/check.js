// Validates manifests of HTTPRoutes against the schemas of the Gateway API. Each argument is a file with a JSON array.
import { readFileSync } from "node:fs";
import { HTTPRoute } from "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute";

let failed = false;
for (const file of process.argv.slice(2)) {
  for (const manifest of JSON.parse(readFileSync(file, "utf8"))) {
    try {
      new HTTPRoute(manifest).validate();
    } catch (error) {
      console.error(`${file}: ${manifest?.metadata?.name}: ${error.message}`);
      failed = true;
    }
  }
}
process.exit(failed ? 1 : 0);
