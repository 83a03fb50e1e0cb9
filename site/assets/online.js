// Before the page is drawn: from a server, fonts that come late wait for the next page (see site.css).
"use strict";
if (location.protocol !== "file:") document.documentElement.classList.add("online");
