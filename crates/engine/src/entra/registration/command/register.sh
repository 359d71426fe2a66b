sh /dev/fd/3 3<<'END'
# Registers the application "{{NAME}}" of the page {{URI}}
# in the tenant that "az login" is signed in to. Run it again at will: it makes one application, and leaves what else stands
# there. It makes no secret. At the end it prints one line: paste that line into the page.
set -eu
graph='{{GRAPH}}/v1.0'
uri='{{URI}}'
app="$graph/applications(uniqueName='{{KEY}}')"
json='Content-Type=application/json'

# Names that somebody else chose cannot steer the terminal, nor look like lines of this command.
say() { printf '%s\n' "$(printf '%s' "$*" | tr '\n\t' '  ' | LC_ALL=C tr -c '\040-\176' '?')" >&2; }

# One request: the answer is printed, and what az says of a failure is kept.
once() { failure=$(az rest --resource '{{GRAPH}}' --only-show-errors "$@" 2>&1 >&4); } 4>&1

give_up() {
  say "$failure"
  case $failure in *Authorization_RequestDenied*)
    say 'You may not do this. It takes the role Cloud Application Administrator; to make a new one, Application Developer.'
    say 'If you have the role on request, activate it and run "az login" again. If not, send this to somebody who has it.' ;;
  esac
  exit 1
}

# A request that has to succeed. What was made a moment ago is not everywhere at once: that is waited for.
ask() {
  tries=0
  until once "$@"; do
    case $failure in
      *ResourceNotFound* | *ResourceConflict* | *'valid application object'* | *'backing application'*) ;;
      # It is there already, and only was not shown.
      *MultipleObjectsWithSameKeyValue*) break ;;
      *) give_up ;;
    esac
    tries=$((tries + 1))
    if [ "$tries" -ge 20 ]; then say 'It does not show after a minute. Run this again.'; give_up; fi
    sleep 3
  done
}

exists() {
  if once --method get --url "$1?\$select=id" --output none; then return 0; fi
  case $failure in *ResourceNotFound*) return 1 ;; *) give_up ;; esac
}

if exists "$app"; then
  # Whoever made it may have made it for you to fill: it is shown before it is changed.
  about=$(ask --method get --url "$app?\$select=displayName,createdDateTime,passwordCredentials,keyCredentials" --output tsv --query \
    "join('', ['\"', displayName, '\", made ', createdDateTime, ', secrets: ', to_string(length([passwordCredentials, keyCredentials][]))])")
  id=$(ask --method get --url "$app?\$select=id" --query id --output tsv)
  owners=$(ask --method get --url "$graph/applications/$id/owners" --output tsv --query "join(', ', value[].[userPrincipalName || displayName || id][])")
  say "There is one already: $about, owners: ${owners:-none}. It is used and mended; it should have no secret."
  others=$(ask --method get --url "$app?\$select=spa,web,publicClient" --output tsv --query \
    "join(', ', [spa.redirectUris, web.redirectUris, publicClient.redirectUris][] | [?@ && @!='$uri'])")
  if [ "$others" ]; then
    say "Sign-ins may end at these addresses too: $others. Whoever answers there can act for those who sign in: stop if you do not know them."
  fi
  audience=$(ask --method get --url "$app?\$select=signInAudience" --query signInAudience --output tsv)
  if [ "$audience" != AzureADMyOrg ]; then say "It takes accounts of other tenants too: $audience."; fi
  if [ -t 0 ]; then
    answer=
    until [ "$answer" ]; do
      printf 'Type yes to go on, no to stop: ' >&2
      read -r answer || answer=no
    done
    if [ "$answer" != yes ]; then say 'Nothing was changed.'; exit 1; fi
  fi
else
  # With the tag from the first: cut off here, it is still found and can be removed.
  ask --method patch --url "$app" --headers "$json" 'Prefer=create-if-missing' --output none \
    --body '{"displayName":"{{NAME}}","signInAudience":"AzureADMyOrg","tags":["{{TAG}}"]}'
fi
client=$(ask --method get --url "$app?\$select=appId" --query appId --output tsv)

# The address goes to the platform "Single-page application"; under another one it would not work.
change=$(ask --method get --url "$app?\$select=spa,web,publicClient,tags" --output json --query \
  "{spa:{redirectUris:[spa.redirectUris[?@!='$uri'],['$uri']][]},web:{redirectUris:web.redirectUris[?@!='$uri']},publicClient:{redirectUris:publicClient.redirectUris[?@!='$uri']},tags:[tags[?@!='{{TAG}}'],['{{TAG}}']][]}")
ask --method patch --url "$app" --headers "$json" --body "$change" --output none

# Asking for permissions grants nothing: an administrator consents later. What is asked for already stays as it is.
asked=$(ask --method get --url "$app?\$select=requiredResourceAccess" --query 'length(requiredResourceAccess)' --output tsv)
if [ "$asked" = 0 ]; then
  access=$(ask --method get --url "$graph/servicePrincipals(appId='{{GRAPH_APP}}')?\$select=oauth2PermissionScopes" --output json --query \
    "{requiredResourceAccess:[{resourceAppId:'{{GRAPH_APP}}',resourceAccess:oauth2PermissionScopes[?contains('{{SCOPES}}', join('',[' ',value,' ']))].{id:id,type:'Scope'}}]}")
  ask --method patch --url "$app" --headers "$json" --body "$access" --output none
fi

principal="$graph/servicePrincipals(appId='$client')"
if ! exists "$principal"; then
  ask --method post --url "$graph/servicePrincipals" --headers "$json" --output none \
    --body "{\"appId\":\"$client\",\"tags\":[\"WindowsAzureActiveDirectoryIntegratedApp\"]}"
fi

tenant=$(ask --method get --url "$graph/organization?\$select=id" --query 'value[0].id' --output tsv)
printf '{"scimSetup":1,"cloud":"%s","tenantId":"%s","clientId":"%s","redirectUri":"%s"}\n' '{{CLOUD}}' "$tenant" "$client" "$uri"
END
