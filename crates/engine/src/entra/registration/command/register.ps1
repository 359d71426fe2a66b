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

# A request that has to succeed. What was made a moment ago is not everywhere at once: that is waited for.
function Invoke-Graph([string] $method, [string] $address, $body, [switch] $make) {
  $request = @{ Method = $method; Uri = $address }
  if ($body) {
    $request['Body'] = ConvertTo-Json -InputObject $body -Depth 8 -Compress
    $request['ContentType'] = 'application/json'
  }
  if ($make) { $request['Headers'] = @{ Prefer = 'create-if-missing' } }
  for ($try = 1; ; $try++) {
    try { return Invoke-MgGraphRequest @request } catch {
      # It is there already, and only was not shown.
      if ("$_" -match 'MultipleObjectsWithSameKeyValue') { return }
      if ("$_" -match 'ResourceNotFound|ResourceConflict|valid application object|backing application') {
        if ($try -lt 20) { Start-Sleep -Seconds 3; continue }
        Write-Host 'It does not show after a minute. Run this again.'
      } elseif ("$_" -match 'Authorization_RequestDenied') {
        Write-Host 'You may not do this. It takes the role Cloud Application Administrator, or an owner of the application.'
        Write-Host 'If you have the role on request, activate it, run Disconnect-MgGraph, then this. If not, send this to somebody who has it.'
      }
      throw
    }
  }
}
function Test-Graph([string] $address) {
  try { Invoke-MgGraphRequest -Method GET -Uri "$address`?`$select=id" | Out-Null } catch {
    if ("$_" -match 'ResourceNotFound') { return $false }
    throw
  }
  $true
}

if (Test-Graph $app) {
  # Whoever made it may have made it for you to fill: it is shown before it is changed.
  $old = Invoke-Graph GET "$app`?`$select=id,displayName,createdDateTime,signInAudience,spa,web,publicClient,passwordCredentials,keyCredentials"
  $secrets = @(@($old.passwordCredentials) + @($old.keyCredentials) | Where-Object { $_ }).Count
  $owners = @((Invoke-Graph GET "$graph/applications/$($old.id)/owners").value | ForEach-Object { @($_.userPrincipalName, $_.displayName, $_.id | Where-Object { $_ })[0] })
  if ($owners.Count -eq 0) { $owners = @('none') }
  $about = '"{0}", made {1:u}, secrets: {2}, owners: {3}' -f $old.displayName, $old.createdDateTime, $secrets, ($owners -join ', ')
  # Names that somebody else chose cannot steer the terminal.
  Write-Host "There is one already: $($about -replace '\p{C}'). It is used and mended; it should have no secret."
  $others = @(@($old.spa.redirectUris) + @($old.web.redirectUris) + @($old.publicClient.redirectUris) | Where-Object { $_ -and $_ -cne $uri })
  if ($others.Count -gt 0) {
    Write-Host "Sign-ins may end at these addresses too: $(($others -join ', ') -replace '\p{C}'). Whoever answers there can act for those who sign in: stop if you do not know them."
  }
  if ($old.signInAudience -cne 'AzureADMyOrg') { Write-Host "It takes accounts of other tenants too: $($old.signInAudience -replace '\p{C}')." }
  if (-not [Console]::IsInputRedirected) {
    do { $answer = Read-Host 'Type yes to go on, no to stop' } until ($answer)
    if ($answer -ne 'yes') { Write-Host 'Nothing was changed.'; return }
  }
} else {
  # With the tag from the first: cut off here, it is still found and can be removed.
  Invoke-Graph PATCH $app @{ displayName = '{{NAME}}'; signInAudience = 'AzureADMyOrg'; tags = @('{{TAG}}') } -make | Out-Null
}
$now = Invoke-Graph GET "$app`?`$select=appId,spa,web,publicClient,tags,requiredResourceAccess"
$client = $now.appId

# The address goes to the platform "Single-page application"; under another one it would not work.
# Asking for permissions grants nothing: an administrator consents later. What is asked for already stays as it is.
$change = @{
  spa          = @{ redirectUris = @(@($now.spa.redirectUris | Where-Object { $_ -and $_ -cne $uri }) + $uri) }
  web          = @{ redirectUris = @($now.web.redirectUris | Where-Object { $_ -and $_ -cne $uri }) }
  publicClient = @{ redirectUris = @($now.publicClient.redirectUris | Where-Object { $_ -and $_ -cne $uri }) }
  tags         = @(@($now.tags | Where-Object { $_ -and $_ -cne '{{TAG}}' }) + '{{TAG}}')
}
if (@($now.requiredResourceAccess | Where-Object { $_ }).Count -eq 0) {
  $names = '{{SCOPES}}'.Trim().Split(' ')
  $offered = (Invoke-Graph GET "$graph/servicePrincipals(appId='{{GRAPH_APP}}')?`$select=oauth2PermissionScopes").oauth2PermissionScopes
  $access = @($offered | Where-Object { $names -ccontains $_.value } | ForEach-Object { @{ id = $_.id; type = 'Scope' } })
  $change['requiredResourceAccess'] = @(@{ resourceAppId = '{{GRAPH_APP}}'; resourceAccess = $access })
}
Invoke-Graph PATCH $app $change | Out-Null

$principal = "$graph/servicePrincipals(appId='$client')"
if (-not (Test-Graph $principal)) {
  Invoke-Graph POST "$graph/servicePrincipals" @{ appId = $client; tags = @('WindowsAzureActiveDirectoryIntegratedApp') } | Out-Null
}

$tenant = (Get-MgContext).TenantId
ConvertTo-Json -Compress -InputObject ([ordered]@{ scimSetup = 1; cloud = '{{CLOUD}}'; tenantId = $tenant; clientId = $client; redirectUri = $uri })
}
