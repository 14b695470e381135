window.YTD.profile.part0 = [
  {
    "profile" : {
      "description" : { "bio" : "Loaves", "website" : "https://example", "location" : "Porto" },
      "avatarMediaUrl" : "https://example/ana.jpg", "headerMediaUrl" : "https://example/h.jpg"
    }
  }
]
