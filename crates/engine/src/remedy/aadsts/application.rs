//! The application, its redirect URI, its secret; the tenant and the cloud that were asked.

use super::super::sign_in::Next::{Correct, OtherCloud};
use super::{Row, row};

pub(super) const ROWS: &[Row] = &[
    row(
        &[50011],
        Correct,
        "The application does not know this page's address.",
        "The redirect URI that the page sent is not among those of the application. Upper and lower case and the slash \
         at the end count.",
        "In the Entra admin center open the application, Authentication, and add the redirect URI shown at “Register \
         the application” under Single-page application, exactly as written. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[500_113, 900_971],
        Correct,
        "The application has no redirect URI.",
        "Without one, Entra has nowhere to send the answer.",
        "In the Entra admin center open the application, Authentication, Add a platform, Single-page application, and \
         enter the redirect URI shown at “Register the application”. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[500_117],
        Correct,
        "Entra does not take this page's address as a redirect URI.",
        "It must begin with https; http is for localhost only, and names such as wizard.localhost are refused.",
        "Open the page over https or at http://localhost, register that address under Single-page application, and press \
         “Sign in with Microsoft”.",
    ),
    row(
        &[9_002_326],
        Correct,
        "The redirect URI is registered for another platform.",
        "It stands under Web or under Mobile and desktop applications; in a browser only a Single-page application may \
         redeem its code.",
        "In the application's Authentication page, remove the address there and add it under Single-page application. \
         Then press “Sign in with Microsoft”.",
    ),
    row(
        &[7_000_218],
        Correct,
        "Entra wants a secret from this page, which has none.",
        "The redirect URI is registered under Web, and a Web application proves itself with a secret.",
        "Make no secret. In the application's Authentication page, remove the address from Web and add it under \
         Single-page application. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[9_002_327],
        Correct,
        "The code was redeemed by something that is no page.",
        "The code of a Single-page application may be redeemed only by a page in a browser, and this call came without \
         a page's origin: something between the browser and Microsoft sent it, or took the origin away.",
        "Open the page in an ordinary browser, without a program in between that rewrites calls to Microsoft. Then press \
         “Sign in with Microsoft”.",
    ),
    row(
        &[700_025],
        Correct,
        "A secret was sent for an application that may not have one.",
        "The application is a public client, and the call carried a secret or a certificate.",
        "In the page press “Sign in with Microsoft”: it never sends a secret. For the command line use an application \
         that has a secret of its own.",
    ),
    row(
        &[700_016],
        Correct,
        "This tenant does not know the application.",
        "No application with this Application (client) ID is registered or installed in the tenant that was asked.",
        "At “Register the application”, compare both IDs with the application's Overview page: the Object ID there looks alike and \
         is not meant. Check the cloud too. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[700_011],
        Correct,
        "The application is not registered in this tenant.",
        "An application with this ID may exist in another tenant, but not in the one that was asked.",
        "At “Register the application”, enter the Directory (tenant) ID of the tenant where it is registered, or register \
         one in this tenant as described there.",
    ),
    row(
        &[70001, 7_000_112],
        Correct,
        "The application is switched off in this tenant.",
        "It is disabled, or it was deleted.",
        "In the Entra admin center open Enterprise applications, the application, Properties, and set “Enabled for users \
         to sign-in?” to Yes. If it is gone, register one again as “Register the application” describes.",
    ),
    row(
        &[65002],
        Correct,
        "This application belongs to Microsoft.",
        "Its ID is that of one of Microsoft's own applications, and only Microsoft may decide what those may ask for.",
        "Register an application of your own as “Register the application” describes, and enter its ID there.",
    ),
    row(
        &[90002],
        OtherCloud,
        "The tenant was not found.",
        "This cloud has no tenant with this Directory (tenant) ID: the ID is mistyped, or the tenant lives in another \
         cloud.",
        "At “Register the application”, compare the Directory (tenant) ID with the application's Overview page, and \
         choose the tenant's cloud. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[90038],
        OtherCloud,
        "The tenant lives in another cloud.",
        "Entra knows the tenant, but it belongs to a national cloud. An application is worth nothing outside its own \
         cloud.",
        "At “Register the application”, choose the cloud of the tenant and enter the IDs of an application that is \
         registered there. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[90043, 90051, 900_382, 900_432, 900_439],
        OtherCloud,
        "The sign-in was sent to the wrong cloud.",
        "The application, the account or the tenant belongs to another cloud than the one that was asked.",
        "At “Register the application”, choose the cloud in which tenant and application are registered. Then press “Sign \
         in with Microsoft”.",
    ),
    row(
        &[500_011],
        OtherCloud,
        "The service that was asked for is not in the tenant.",
        "No service with the name in the details is present: each cloud has a Microsoft Graph of its own, so cloud and \
         tenant probably do not fit together.",
        "At “Register the application”, check the cloud and the Directory (tenant) ID. Then press “Sign in with \
         Microsoft”.",
    ),
    row(
        &[50194],
        Correct,
        "The application is for one tenant only.",
        "It was asked for by an address that names no tenant (/common).",
        "At “Register the application”, enter the Directory (tenant) ID of the tenant where it is registered. Then press \
         “Sign in with Microsoft”.",
    ),
    row(
        &[9_002_332],
        Correct,
        "The application is for work and school accounts only.",
        "It was asked for by the address for personal accounts (/consumers).",
        "At “Register the application”, enter the Directory (tenant) ID of the organisation, and sign in with an account \
         of that organisation.",
    ),
    row(
        &[50059, 90019],
        Correct,
        "The request named no tenant.",
        "Neither the address nor the account says which tenant is meant.",
        "At “Register the application”, enter the Directory (tenant) ID. Then press “Sign in with Microsoft”.",
    ),
    row(
        &[7_000_215],
        Correct,
        "The client secret is wrong.",
        "What was sent is not a secret of this application; often it is the Secret ID in place of the Value, or a secret \
         that was made a moment ago.",
        "Copy the secret's Value (not its Secret ID) again, or make a new one under Certificates & secrets. A new secret \
         takes a minute to work.",
    ),
    row(
        &[7_000_222],
        Correct,
        "The client secret has expired.",
        "Its end date has passed.",
        "Make a new client secret under Certificates & secrets of the application, and use its Value.",
    ),
];
