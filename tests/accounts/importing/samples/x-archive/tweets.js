window.YTD.tweets.part0 = [
  {
    "tweet" : {
      "edit_info" : { "initial" : { "editTweetIds" : [ "1" ], "editsRemaining" : "5", "isEditEligible" : false } },
      "retweeted" : false, "source" : "<a href=\"https://example\">Web</a>",
      "entities" : { "hashtags" : [ { "text" : "rye", "indices" : [ "0", "4" ] } ], "symbols" : [ ], "user_mentions" : [ ], "urls" : [ ] },
      "display_text_range" : [ "0", "3" ], "favorite_count" : "120", "id_str" : "1", "truncated" : false,
      "retweet_count" : "3", "id" : "1", "created_at" : "Tue Oct 20 15:30:00 +0000 2026", "favorited" : false,
      "full_text" : "#rye &amp; oat", "lang" : "en"
    }
  },
  {
    "tweet" : {
      "retweeted" : false, "entities" : { "hashtags" : [ ], "symbols" : [ ], "user_mentions" : [ ], "urls" : [ ] },
      "favorite_count" : "0", "id_str" : "2", "retweet_count" : "90000", "id" : "2",
      "created_at" : "Mon Oct 19 15:30:00 +0000 2026", "full_text" : "RT @flour: grain", "lang" : "en"
    }
  },
  {
    "tweet" : {
      "retweeted" : false, "entities" : { "hashtags" : [ ], "symbols" : [ ], "user_mentions" : [ ], "urls" : [ ] },
      "favorite_count" : "2", "id_str" : "3", "retweet_count" : "0", "id" : "3", "in_reply_to_status_id_str" : "800",
      "in_reply_to_status_id" : "800", "in_reply_to_user_id_str" : "77002", "in_reply_to_screen_name" : "flour",
      "created_at" : "Sun Oct 18 15:30:00 +0000 2026", "full_text" : "@flour which mill?", "lang" : "en"
    }
  },
  {
    "tweet" : {
      "retweeted" : false, "entities" : { "hashtags" : [ ], "symbols" : [ ], "user_mentions" : [ ], "urls" : [ ] },
      "favorite_count" : "5", "id_str" : "4", "retweet_count" : "0", "id" : "4", "in_reply_to_status_id_str" : "1",
      "in_reply_to_user_id_str" : "77001", "in_reply_to_screen_name" : "breadlab",
      "created_at" : "Tue Oct 20 15:40:00 +0000 2026", "full_text" : "and the starter", "lang" : "en"
    }
  }
]
