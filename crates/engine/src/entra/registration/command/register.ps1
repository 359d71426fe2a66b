# Registers the application "{{NAME}}" of the page {{URI}}
# in the tenant that you sign in to. Run it again at will: it makes one application, and leaves what else stands there.
# It makes no secret. At the end it prints one line: paste that line into the page.
# It needs the module Microsoft.Graph.Authentication: Install-Module Microsoft.Graph.Authentication -Scope CurrentUser
& {
$ErrorActionPreference = 'Stop'
Connect-MgGraph -Scopes 'Application.ReadWrite.All', 'User.Read'{{ENVIRONMENT}} -NoWelcome
$graph = '{{GRAPH}}/v1.0'
$uri = '{{URI}}'
$app = "$graph/applications(uniqueName='{{KEY}}')"

function Read-Graph([string] $address) { Invoke-MgGraphRequest -Method GET -Uri $address }
function Set-Graph([string] $address, $body, [switch] $make) {
  $headers = @{}
  if ($make) { $headers['Prefer'] = 'create-if-missing' }
  $text = ConvertTo-Json -InputObject $body -Depth 8 -Compress
  Invoke-MgGraphRequest -Method PATCH -Uri $address -Headers $headers -Body $text -ContentType 'application/json' | Out-Null
}
# What was made a moment ago is not everywhere at once.
function Wait-Graph([scriptblock] $work) {
  for ($try = 1; ; $try++) {
    try { return & $work } catch { if ($try -ge 12) { throw } ; Start-Sleep -Seconds 5 }
  }
}

Set-Graph $app @{ displayName = '{{NAME}}'; signInAudience = 'AzureADMyOrg' } -make
$now = Wait-Graph { Read-Graph "$app`?`$select=appId,spa,web,publicClient,tags,requiredResourceAccess" }
$client = $now.appId

# The address goes to the platform "Single-page application"; under another one it would not work.
# Asking for permissions grants nothing: an administrator consents later. What is asked for already stays as it is.
$change = @{
  spa          = @{ redirectUris = @(@($now.spa.redirectUris | Where-Object { $_ -cne $uri }) + $uri) }
  web          = @{ redirectUris = @($now.web.redirectUris | Where-Object { $_ -cne $uri }) }
  publicClient = @{ redirectUris = @($now.publicClient.redirectUris | Where-Object { $_ -cne $uri }) }
  tags         = @(@($now.tags | Where-Object { $_ -cne '{{TAG}}' }) + '{{TAG}}')
}
if (@($now.requiredResourceAccess).Count -eq 0) {
  $names = '{{SCOPES}}'.Trim().Split(' ')
  $offered = (Read-Graph "$graph/servicePrincipals(appId='{{GRAPH_APP}}')?`$select=oauth2PermissionScopes").oauth2PermissionScopes
  $access = @($offered | Where-Object { $names -ccontains $_.value } | ForEach-Object { @{ id = $_.id; type = 'Scope' } })
  $change['requiredResourceAccess'] = @(@{ resourceAppId = '{{GRAPH_APP}}'; resourceAccess = $access })
}
Set-Graph $app $change

$principal = "$graph/servicePrincipals(appId='$client')"
try { Read-Graph "$principal`?`$select=id" | Out-Null } catch {
  Wait-Graph { Set-Graph $principal @{ tags = @('WindowsAzureActiveDirectoryIntegratedApp') } -make }
}

$tenant = (Get-MgContext).TenantId
ConvertTo-Json -Compress -InputObject ([ordered]@{ scimSetup = 1; cloud = '{{CLOUD}}'; tenantId = $tenant; clientId = $client; redirectUri = $uri })
}
