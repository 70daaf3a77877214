// Starts Swagger UI. A file of its own: the content security policy allows nothing inline.
const element = document.getElementById("api");
window.SwaggerUIBundle({ url: element.dataset.url, domNode: element, deepLinking: true, validatorUrl: null });
