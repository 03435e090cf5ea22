// Inside the preview's frame: "Continue" would leave the page, and a preview leads nowhere.
'use strict';
if (window.navigation) {
  window.navigation.addEventListener('navigate', (event) => {
    if (new URL(event.destination.url).pathname !== location.pathname && event.cancelable) event.preventDefault();
  });
}
