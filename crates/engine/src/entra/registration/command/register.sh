# Registers the application "{{NAME}}" of the page {{URI}}
# in the tenant that "az login" is signed in to. Run it again at will: it makes one application, and leaves what else stands
# there. It makes no secret. At the end it prints one line: paste that line into the page.
(
set -eu
graph='{{GRAPH}}/v1.0'
uri='{{URI}}'
app="$graph/applications(uniqueName='{{KEY}}')"
json='Content-Type=application/json'

ask() { az rest --resource '{{GRAPH}}' --only-show-errors "$@"; }

# What was made a moment ago is not everywhere at once.
patiently() {
  tries=0
  until ask "$@"; do
    tries=$((tries + 1))
    if [ "$tries" -ge 12 ]; then echo 'It does not show after a minute. Run this again.' >&2; return 1; fi
    sleep 5
  done
}

ask --method patch --url "$app" --headers "$json" 'Prefer=create-if-missing' --output none \
  --body '{"displayName":"{{NAME}}","signInAudience":"AzureADMyOrg"}'
client=$(patiently --method get --url "$app?\$select=appId" --query appId --output tsv)

# The address goes to the platform "Single-page application"; under another one it would not work.
addresses=$(ask --method get --url "$app?\$select=spa,web,publicClient" --output json --query \
  "{spa:{redirectUris:[spa.redirectUris[?@!='$uri'],['$uri']][]},web:{redirectUris:web.redirectUris[?@!='$uri']},publicClient:{redirectUris:publicClient.redirectUris[?@!='$uri']}}")
ask --method patch --url "$app" --headers "$json" --body "$addresses" --output none

marks=$(ask --method get --url "$app?\$select=tags" --output json --query "{tags:[tags[?@!='{{TAG}}'],['{{TAG}}']][]}")
ask --method patch --url "$app" --headers "$json" --body "$marks" --output none

# Asking for permissions grants nothing: an administrator consents later. What is asked for already stays as it is.
asked=$(ask --method get --url "$app?\$select=requiredResourceAccess" --query 'length(requiredResourceAccess)' --output tsv)
if [ "$asked" = 0 ]; then
  access=$(ask --method get --url "$graph/servicePrincipals(appId='{{GRAPH_APP}}')?\$select=oauth2PermissionScopes" --output json --query \
    "{requiredResourceAccess:[{resourceAppId:'{{GRAPH_APP}}',resourceAccess:oauth2PermissionScopes[?contains('{{SCOPES}}', join('',[' ',value,' ']))].{id:id,type:'Scope'}}]}")
  ask --method patch --url "$app" --headers "$json" --body "$access" --output none
fi

principal="$graph/servicePrincipals(appId='$client')"
if ! ask --method get --url "$principal?\$select=id" --output none 2>/dev/null; then
  patiently --method patch --url "$principal" --headers "$json" 'Prefer=create-if-missing' --output none \
    --body '{"tags":["WindowsAzureActiveDirectoryIntegratedApp"]}'
fi

tenant=$(ask --method get --url "$graph/organization?\$select=id" --query 'value[0].id' --output tsv)
printf '{"scimSetup":1,"cloud":"%s","tenantId":"%s","clientId":"%s","redirectUri":"%s"}\n' '{{CLOUD}}' "$tenant" "$client" "$uri"
)
