// Posts the deep linking response to the LMS.

document.getElementById("return-links").submit();
