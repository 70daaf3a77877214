// What the shell tells the page: language, time zone, tiles, where Leaflet is.

export const facts = JSON.parse(document.getElementById("facts").textContent);
